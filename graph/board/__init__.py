"""The cross-off board (挂图作战、销号管理: S22, S23) and measures for single organizations (一企一策: S19).

``states`` (the machine) → ``record`` (steps and measures as claims) → ``making`` (checked and written) · ``listing`` (who has no
unit, and how far each is). What an office records here is a 销号 row like those of ledgers: one history, whoever wrote it.
"""
