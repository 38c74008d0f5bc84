"""What failures of a Neo4j server, or of the way to it, mean for the one who uses the store."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from graph.errors import StoreBusyError, StoreError, StoreFullError

if TYPE_CHECKING:
    from collections.abc import Iterator


def meaning(
    error: BaseException, at: str, *, longest: float, retried: float, first: bool = False
) -> StoreError:
    """Return the error for a person that a failure of the driver comes to.

    Parameters
    ----------
    at : str
        The store's address; it holds no password.
    longest, retried : float
        Seconds after which a query is ended, and a transaction no longer tried again.
    first : bool
        Nothing was asked before: the address itself may be wrong.
    """
    from neo4j import exceptions as x

    code = str(getattr(error, "code", "") or "")
    if "AuthenticationRateLimit" in code:
        return StoreError(
            f"store {at}: the server takes no password shortly after wrong ones; wait, then check LIANJIAN_NEO4J_PASSWORD",
            f"存储 {at}：密码多次错误，服务器暂不接受登录；请稍候，并检查 LIANJIAN_NEO4J_PASSWORD",
        )
    if isinstance(error, x.AuthError):
        return StoreError(
            f"store {at}: the server refuses these credentials; check LIANJIAN_NEO4J_USER and LIANJIAN_NEO4J_PASSWORD",
            f"存储 {at}：服务器拒绝了用户名或密码；请检查 LIANJIAN_NEO4J_USER 和 LIANJIAN_NEO4J_PASSWORD",
        )
    if "DatabaseNotFound" in code:
        return StoreError(
            f"store {at}: the server has no such database; leave the name out for the user's own",
            f"存储 {at}：服务器没有这个数据库；不写名称则用该用户的默认数据库",
        )
    if "TimedOut" in code or "Terminated" in code:
        return StoreError(
            f"store {at}: no answer within {longest:.0f} s, so the question was ended; ask for less, or ease the server",
            f"存储 {at}：{longest:.0f} 秒内没有答复，已终止；请缩小范围，或减轻服务器负担",
        )
    if "OutOfDisk" in code or "TransactionLog" in code or "No space" in str(error):
        return StoreFullError(
            f"store {at}: the server has no room left; free some there, restart it and run the command again (nothing was changed)",
            f"存储 {at}：服务器空间不足；请在服务器上腾出空间，重新启动后再试（数据未改动）",
        )
    if "needs to be restarted" in str(error):
        # no code of its own: it says so of whatever is begun once the database has stopped itself
        return StoreError(
            f"store {at}: the database stopped itself after a failure such as a full disk; see its log, then restart the server",
            f"存储 {at}：数据库因故障（例如磁盘已满）自行停止；请查看其日志并重新启动服务器",
        )
    if "Forbidden" in code or "ReadOnly" in code or "NotALeader" in code:
        return StoreError(
            f"store {at}: this user or server may not write; use an account with the right to, or the cluster's address",
            f"存储 {at}：此用户或服务器不能写入；请使用有写权限的账号，或集群的地址",
        )
    if (
        isinstance(error, (x.ServiceUnavailable, x.SessionExpired, OSError))
        or "Unavailable" in code
    ):
        return _unreachable(error, at, first=first)
    if isinstance(error, x.TransientError):
        return StoreBusyError(
            f"store {at}: the server was too busy for {retried:.0f} s; try again later",
            f"存储 {at}：服务器持续繁忙（{retried:.0f} 秒）；请稍后再试",
        )
    if isinstance(error, (x.ConfigurationError, ValueError)):
        return StoreError(
            f"store {at}: no address of a Neo4j server; give one such as neo4j://localhost:7687",
            f"存储 {at}：不是 Neo4j 服务器的地址；例如 neo4j://localhost:7687",
        )
    return StoreError(
        f"store {at}: the server failed ({code or type(error).__name__}); its log says more",
        f"存储 {at}：服务器出错（{code or type(error).__name__}）；详见其日志",
    )


def _unreachable(error: BaseException, at: str, *, first: bool) -> StoreError:
    """Tell apart the ways in which a server can't be reached: by what lies at the bottom of the failure."""
    below = list(causes(error))
    scheme, _, place = at.partition("://")
    plain = scheme.partition("+")[0]
    if any(isinstance(e, ssl.SSLCertVerificationError) for e in below):
        return StoreError(
            f"store {at}: nobody vouches for the server's certificate; name its authority's file as SSL_CERT_FILE,"
            f" or trust any certificate with {plain}+ssc://{place}",
            f"存储 {at}：服务器证书不受信任；请用 SSL_CERT_FILE 指定签发机构的证书文件，或用 {plain}+ssc://{place} 接受任何证书",
        )
    if any(isinstance(e, ssl.SSLError) for e in below):
        return StoreError(
            f"store {at}: the server doesn't speak TLS there; without it the address is {plain}://{place}",
            f"存储 {at}：该端口不支持 TLS；不加密的地址是 {plain}://{place}",
        )
    said = " ".join(str(e) for e in below)
    # the driver has no type of its own for this, only words
    if first and ("incomplete handshake" in said or "looks like HTTP" in said):
        return StoreError(
            f"store {at}: no Neo4j server answers in this way there; check the port, or with TLS use {plain}+s://{place}",
            f"存储 {at}：该端口的应答不是 Neo4j 服务器的；请检查端口，需要 TLS 时请用 {plain}+s://{place}",
        )
    if any("DatabaseUnavailable" in str(getattr(e, "code", "")) for e in below):
        return StoreError(
            f"store {at}: the server is there, its database not yet: it may be recovering; wait a minute, then see its log",
            f"存储 {at}：服务器已启动，但数据库尚不可用，可能正在恢复；请稍候，仍不可用时查看其日志",
        )
    why = next((e.strerror for e in below if isinstance(e, OSError) and e.strerror), None)
    why = why or (str(below[-1]).splitlines() or [""])[0][:120] or type(below[-1]).__name__
    return StoreError(
        f"store {at}: the server can't be reached or doesn't answer ({why}); start it, or check address and network",
        f"存储 {at}：无法连接服务器或没有应答（{why}）；请启动服务器，或检查地址与网络",
    )


def causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and all that led to it: with routing, the driver wraps them in groups."""
    todo, seen = [error], set()
    while todo:
        e = todo.pop(0)
        if id(e) in seen:
            continue
        seen.add(id(e))
        yield e
        todo += [c for c in (e.__cause__, e.__context__) if c is not None]
        # what fails together comes in an ExceptionGroup
        todo += getattr(e, "exceptions", ())
