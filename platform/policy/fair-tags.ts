/** The most that a workspace can weigh. The least is 1, which is also what one weighs of which nothing is said. */
export const WEIGHT_MAX = 1_000

// What one execution of a workspace of weight 1 costs it. A thousand keeps weights apart in whole numbers.
const COST = 1_000

// So many of its own turns may a workspace have saved up by keeping away. With none, a batch of ten beside a long queue takes
// over twice as long as alone; with many, short looks at the shares of workspaces would not be those of their weights.
const TURNS_SAVED_MAX = 6

/**
 * Where an execution that comes to the queue stands in its priority, the least first: behind the last one of its workspace, but
 * at most a few turns before what is served now. So who has queued much waits behind its own, and who comes anew goes at once.
 *
 * Start-time fair queueing (Goyal, Vin and Cheng, 1996): the tag is the start tag of the packet.
 *
 * @param nowTag the least tag of what waits: the virtual time
 * @param lastTag what `tagAfter` gave for the last execution of the workspace; 0 when there was none
 */
export function fairTag(nowTag: number, lastTag: number, weight: number): number {
  return Math.max(nowTag - TURNS_SAVED_MAX * costOf(weight), lastTag)
}

/** Where one stands that comes back with the tag that it had: it has saved nothing up. */
export function tagBack(nowTag: number, heldTag: number): number {
  return Math.max(nowTag, heldTag)
}

/** Where the next execution of a workspace comes at the earliest: a workspace that weighs twice as much comes twice as often. */
export function tagAfter(tag: number, weight: number): number {
  return tag + costOf(weight)
}

function costOf(weight: number): number {
  return Math.max(1, Math.round(COST / weight))
}
