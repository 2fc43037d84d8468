import { DomainError } from '#platform/domain'
import type { Caller } from '#platform/identity'
import { testBody } from '../domain/webhook-body.ts'
import { hostOf } from '../domain/webhook-input.ts'
import type { JobsParts } from '../parts.ts'
import { countOpenTests, insertDeliveries } from '../projections/webhook-deliveries.ts'
import { withWebhook } from './change-webhook.ts'

const OPEN_TESTS_MAX = 5

/**
 * Sends a test to a webhook, enabled or not, once.
 *
 * @returns the id of the delivery
 * @throws {DomainError} WEBHOOK_NOT_FOUND, LIMIT_EXCEEDED while as many tests are open as may be
 */
export async function testWebhook(
  parts: JobsParts,
  caller: Caller | null,
  webhookId: string,
  correlationId: string = parts.clock.newId(),
): Promise<string> {
  const id = parts.clock.newId()
  return withWebhook(parts, caller, { webhookId, correlationId }, async (unit, _context, { workspaceId, url }) => {
    if ((await countOpenTests(unit, webhookId)) >= OPEN_TESTS_MAX) {
      const message = `${OPEN_TESTS_MAX} tests of this webhook are under way`
      throw new DomainError('LIMIT_EXCEEDED', message, { limit: OPEN_TESTS_MAX })
    }
    const body = testBody(workspaceId, webhookId, unit.now)
    const about = { missedId: null, type: 'test', host: hostOf(url), body } as const
    await insertDeliveries(unit, [{ id, webhookId, workspaceId, ...about }])
    return id
  })
}
