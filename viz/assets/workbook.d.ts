/** A workbook of one sheet; the first row is its header. Text stays text, numbers are numbers, `''` is no cell. */
export const workbook: (rows: readonly (readonly (number | string)[])[]) => Blob;
