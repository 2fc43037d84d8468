const WIRE_HEAD_BYTES = 5

/** How many bytes of a value count against its topic's limit: all but the head of the wire format. */
export function bodyBytes(value: Uint8Array | null): number {
  return Math.max(0, (value?.length ?? 0) - WIRE_HEAD_BYTES)
}
