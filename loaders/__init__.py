"""Ledgers in: any workbook or table as claims for a store, faults back in the workbook."""
