/** Columns as wide as their widest cell; the first `left` ones to the left, all others to the right. */
export function table(rows: readonly (readonly string[])[], left = 1): string {
  const width = (column: number) => Math.max(...rows.map((row) => (row[column] ?? "").length));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column < left ? cell.padEnd(width(column)) : cell.padStart(width(column))))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
