/** Header fields by lower-case name. */
export type Headers = Readonly<Record<string, string>>

// Anything else might be a secret meant for the first origin: a key rarely travels as `Authorization` only, and a signature
// vouches for what is sent to whom.
const KEPT_ACROSS_ORIGINS = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'carillon-attempt',
  'content-language',
  'content-type',
  'idempotency-key',
  'user-agent',
])

/** What may travel on when a redirect leads to another origin. */
export function headersAcrossOrigins(headers: Headers): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => KEPT_ACROSS_ORIGINS.has(name.toLowerCase())))
}

/** What may travel on when a redirect drops the body. */
export function headersWithoutBody(headers: Headers): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.toLowerCase().startsWith('content-')))
}
