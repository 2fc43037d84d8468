/** The most that a workspace can weigh. The least is 1, which is also what one weighs of which nothing is said. */
export const WEIGHT_MAX = 1_000

// What one execution of a workspace of weight 1 costs it. A thousand keeps weights apart in whole numbers.
const COST = 1_000

/**
 * Where an execution stands in the queue of its priority, the least first: behind the last one of its workspace, but never
 * before what is served now. So who has queued much waits behind its own, and who comes anew goes at once.
 *
 * Start-time fair queueing (Goyal, Vin and Cheng, 1996): the tag is the start tag of the packet.
 *
 * @param nowTag the least tag of what waits: the virtual time
 * @param lastTag what `tagAfter` gave for the last execution of the workspace; 0 when there was none
 */
export function fairTag(nowTag: number, lastTag: number): number {
  return Math.max(nowTag, lastTag)
}

/** Where the next execution of a workspace comes at the earliest: a workspace that weighs twice as much comes twice as often. */
export function tagAfter(tag: number, weight: number): number {
  return tag + Math.max(1, Math.round(COST / weight))
}
