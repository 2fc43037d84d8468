// Whether the params of a query are those that it asks for. A value that is missing would be null, silently.

// Texts, names in quotes, comments and words of SQLite are passed over, so that what is in them is no param; what is left of its
// tokens that binds a value is kept: https://sqlite.org/lang_expr.html#varparam.
const TOKENS =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|[\p{L}_\u0080-\uffff][\p{L}\p{N}_$\u0080-\uffff]*|(\?\d*|[:@$#][\p{L}\p{N}_$:\u0080-\uffff]+)/gu

/** What of a statement of SQLite binds values, in its order: `?`, but also `?1`, `:name`, `@name` and `$name`. */
export function boundInSqlite(text: string): readonly string[] {
  return [...text.matchAll(TOKENS)].flatMap(([, param]) => param ?? [])
}

/** What is wrong with so many values for a query with so many `?`, for people; undefined when they fit. */
export function misfit(wantedCount: number, givenCount: number): string | undefined {
  if (wantedCount === givenCount) return undefined
  return `it has ${wantedCount} ? and params has ${givenCount} ${givenCount === 1 ? 'value' : 'values'}`
}
