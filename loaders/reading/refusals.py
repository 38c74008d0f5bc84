"""The sentences with which files are refused, each with its way out, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from loaders.reading.model import Refused

_SAVE_ZH = "请在 Excel 或 WPS 中打开后另存为 .xlsx 再导入"
_SAVE_EN = "open it in Excel or WPS, save it as .xlsx and import that"
_CLEAN_ZH = "请把有数据的区域复制到新工作簿，另存为 .xlsx 再导入"
_CLEAN_EN = "copy the area that holds data into a new workbook, save it as .xlsx and import that"

# code -> reason zh, reason en, way out zh, way out en
_TEXTS: dict[str, tuple[str, str, str, str]] = {
    "missing": (
        "没有这个文件或文件夹",
        "there is no such file or folder",
        "请核对路径",
        "check the path",
    ),
    "not_a_file": (
        "不是普通文件",
        "this is not a regular file",
        "请给出文件或文件夹的路径",
        "name a file or a folder",
    ),
    "no_access": (
        "没有读取权限或文件正被占用（{detail}）",
        "it can't be opened ({detail})",
        "请关闭占用它的程序或取得权限后再导入",
        "close the program that holds it or get the right to read it, then import again",
    ),
    "empty_file": (
        "文件是空的（0 字节）",
        "the file is empty (0 bytes)",
        "请重新导出或下载",
        "export or download it again",
    ),
    "password": (
        "工作簿设有密码",
        "the workbook is protected by a password",
        "请打开后取消密码，另存为 .xlsx 再导入",
        "open it, remove the password, save it as .xlsx and import that",
    ),
    "other_kind": (
        "这是{kind_zh}，不是台账表格",
        "this is {kind_en}, not a ledger",
        _SAVE_ZH,
        _SAVE_EN,
    ),
    "archive": (
        "这是压缩包",
        "this is an archive",
        "请解压后导入其中的文件",
        "unpack it and import the files in it",
    ),
    "unknown_kind": (
        "无法识别的文件类型",
        "this kind of file is not known",
        _SAVE_ZH,
        _SAVE_EN,
    ),
    "damaged": (
        "文件已损坏或不完整（{detail}）",
        "the file is damaged or incomplete ({detail})",
        "请重新导出，或在 Excel/WPS 中修复后另存为 .xlsx",
        "export it again, or repair it in Excel or WPS and save it as .xlsx",
    ),
    "far_cell": (
        "“{member}”中有远离数据的单元格 {cell}（第 {row} 行、第 {column} 列），读取需要 {cells} 个单元格",
        "{member} has a cell far from its data at {cell} (row {row}, column {column}): reading takes {cells} cells",
        "请删除数据右侧和下方的多余行列后保存，再导入",
        "delete the rows and columns beyond the data, save and import again",
    ),
    "bomb": (
        "解压后过大（{detail}）",
        "it unpacks to far more than a ledger needs ({detail})",
        _CLEAN_ZH,
        _CLEAN_EN,
    ),
    "entity": (
        "“{member}”中含有文档类型或实体声明，可能有害",
        "{member} declares a document type or entities, which may do harm",
        _SAVE_ZH,
        _SAVE_EN,
    ),
    "not_utf8": (
        "“{member}”的编码不是 UTF-8",
        "{member} is not encoded in UTF-8",
        _SAVE_ZH,
        _SAVE_EN,
    ),
    "too_large": (
        "表格过大（{detail}）",
        "the table is too large ({detail})",
        "请按区或街道拆分后再导入",
        "split it by district or street and import the parts",
    ),
    "memory": (
        "读取所需内存超过上限 {detail}",
        "reading it takes more memory than the limit of {detail}",
        _CLEAN_ZH,
        _CLEAN_EN,
    ),
    "timeout": (
        "{detail} 秒内未能读完",
        "it could not be read within {detail} seconds",
        _CLEAN_ZH,
        _CLEAN_EN,
    ),
    "crashed": (
        "读取进程意外终止（{detail}），文件可能已损坏或被篡改",
        "the reading process died ({detail}); the file may be damaged or forged",
        _SAVE_ZH,
        _SAVE_EN,
    ),
    "no_table": (
        "其中没有表格",
        "there is no table in it",
        _SAVE_ZH,
        _SAVE_EN,
    ),
    "encoding": (
        "文字编码无法识别（不是 UTF-8、GB18030 或 UTF-16）",
        "the text's encoding is not known (neither UTF-8, GB18030 nor UTF-16)",
        "请另存为 UTF-8 编码的 CSV 或 .xlsx 再导入",
        "save it as CSV in UTF-8 or as .xlsx and import that",
    ),
    "encoding_mixed": (
        "文字编码是 {encoding}，但第 {row} 行有不属于它的字节",
        "the text is in {encoding}, but line {row} holds bytes that are not",
        "请重新导出，或另存为 UTF-8 编码的 CSV 再导入",
        "export it again or save it as CSV in UTF-8, and import that",
    ),
    "unclosed_quote": (
        "第 {row} 行起有一个没有闭合的引号，或某格超过 13 万字",
        "a quotation mark that opens in or after row {row} is never closed, or a cell is over 130,000 characters",
        "请补上引号，或另存为 .xlsx 再导入",
        "close it, or save the table as .xlsx and import that",
    ),
}


def refused(
    file: str, code: str, sheet: str = "", values: Mapping[str, str | int] | None = None
) -> Refused:
    """Return the refusal ``code`` of a file with its blanks filled in."""
    reason_zh, reason_en, way_zh, way_en = _TEXTS[code]
    return Refused(
        file=file,
        sheet=sheet,
        code=code,
        reason_zh=reason_zh.format(**values or {}),
        reason_en=reason_en.format(**values or {}),
        way_out_zh=way_zh,
        way_out_en=way_en,
    )


class RefusalError(Exception):
    """Raised inside the readers; becomes a :class:`Refused` at the door, with the file's path."""

    def __init__(self, code: str, **values: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.values = values
