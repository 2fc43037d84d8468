import type { Dispatcher } from 'undici'
import { readBytes } from '#platform/outbound'

/** Bytes that are read of an answer. */
export const RESPONSE_BYTES_MAX = 1024 * 1024
/** Bytes of JSON that an answer's text may take in the result, which has 64 KiB for all. */
export const BODY_TEXT_BYTES_MAX = 48 * 1024

/** An answer's body as text, cut to what a result may hold. */
export interface BodyText {
  readonly bodyText: string
  readonly bodyBytes: number
  readonly bodyTruncated: boolean
}

/**
 * Reads the body to its end.
 *
 * @throws {OutboundError} HTTP_RESPONSE_TOO_LARGE
 */
export async function readBody(response: Dispatcher.ResponseData): Promise<BodyText> {
  const bytes = await readBytes(response, RESPONSE_BYTES_MAX)
  const text = decoder(response.headers['content-type']).decode(bytes)
  const bodyText = textWithin(text, BODY_TEXT_BYTES_MAX)
  return { bodyText, bodyBytes: bytes.length, bodyTruncated: bodyText.length < text.length }
}

function decoder(contentType: string | string[] | undefined): TextDecoder {
  const charset = /;\s*charset="?([\w.:-]+)"?/i.exec(String(contentType))?.[1] ?? 'utf-8'
  try {
    return new TextDecoder(charset)
  } catch {
    return new TextDecoder()
  }
}

/** The longest beginning of `text` that takes at most `jsonBytesMax` bytes as a JSON string. */
export function textWithin(text: string, jsonBytesMax: number): string {
  const fits = (length: number): boolean => Buffer.byteLength(JSON.stringify(text.slice(0, length))) <= jsonBytesMax
  if (text.length <= jsonBytesMax && fits(text.length)) return text
  let kept = 0
  let over = Math.min(text.length, jsonBytesMax) + 1
  while (over - kept > 1) {
    const middle = (kept + over) >> 1
    if (fits(middle)) kept = middle
    else over = middle
  }
  // Not between the halves of a surrogate pair.
  return text.slice(0, kept).isWellFormed() || kept === 0 ? text.slice(0, kept) : text.slice(0, kept - 1)
}
