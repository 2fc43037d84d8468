import { execFileSync } from 'node:child_process'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { checkParams, jobTypes, taskNamed } from './catalogue.ts'

const url = 'https://example.com/hook?x=1'

describe('the catalogue', () => {
  test('names the four job types, each with a valid schema of an object', () => {
    expect(jobTypes.map(({ name }) => name)).toEqual(['REPORT', 'HTTP', 'ECHO', 'SLEEP'])
    for (const { name, paramsSchema } of jobTypes) {
      expect(new Ajv2020({ formats: {}, validateFormats: false }).validateSchema(paramsSchema), name).toBe(true)
      expect(paramsSchema.type).toBe('object')
      expect(taskNamed(name)?.paramsSchema).toBe(paramsSchema)
    }
    expect(taskNamed('NOPE')).toBeUndefined()
  })

  test('loads neither ajv nor undici before they are needed', () => {
    const room = new URL('./index.ts', import.meta.url).href
    const script = `
      import { createRequire } from 'node:module'
      const tasks = await import(${JSON.stringify(room)})
      const loaded = () => Object.keys(createRequire(${JSON.stringify(room)}).cache).filter((path) => /node_modules.(ajv|undici)/.test(path)).length
      const before = loaded()
      tasks.checkParams('ECHO', {})
      console.log(JSON.stringify([before, loaded() > 0]))`
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
    expect(JSON.parse(output)).toEqual([0, true])
  })
})

describe('checkParams lets good params through', () => {
  test.each([
    ['REPORT', { reportType: 'daily-sales' }],
    ['REPORT', { reportType: 'execution-summary', date: '2024-02-29', days: 31 }],
    ['REPORT', { reportType: 'sla', period: 'last-month', timeZone: 'Europe/Berlin', lateAfterMs: 0 }],
    ['REPORT', { reportType: 'sla', from: '2026-03-01', to: '2026-03-01T12:00:00+01:00' }],
    ['HTTP', { url }],
    [
      'HTTP',
      {
        url,
        method: 'POST',
        headers: { 'X-Key': 'a b', authorization: 'Bearer x' },
        body: { a: [1] },
        timeLimitMs: 300_000,
      },
    ],
    ['HTTP', { url: 'http://127.0.0.1:8080/', method: 'PUT', body: 'text', expectedStatus: 201 }],
    ['HTTP', { url, method: 'DELETE', expectedStatus: [200, 404], body: [1, 2] }],
    ['ECHO', {}],
    ['ECHO', { message: 'hello', anything: { at: ['all', null] }, fail: true, errorCode: 'OUT_OF_TEA' }],
    ['SLEEP', { durationMs: 0 }],
    ['SLEEP', { durationMs: 3_600_000 }],
  ])('%s %j', (jobType, params) => {
    expect(checkParams(jobType, params)).toEqual([])
  })
})

describe('checkParams names the field and says what must be true of it', () => {
  test.each([
    ['REPORT', {}, 'params.reportType', 'is required'],
    ['REPORT', { reportType: 'weekly' }, 'params.reportType', 'must be one of "daily-sales", "execution-summary"'],
    ['REPORT', { reportType: 'daily-sales', date: '2026-02-30' }, 'params.date', 'must be a day of the calendar'],
    ['REPORT', { reportType: 'daily-sales', date: 'yesterday' }, 'params.date', 'must be a day of the calendar'],
    ['REPORT', { reportType: 'sla', period: 'last-month', days: 2 }, 'params.days', 'does not go with'],
    ['REPORT', { reportType: 'sla', from: '2026-03-01' }, 'params.to', 'must have property to when property from'],
    ['REPORT', { reportType: 'sla', from: '2026-03-01T09:00', to: '2026-03-02' }, 'params.from', 'must be a day, such'],
    ['REPORT', { reportType: 'sla', timeZone: '+02:00' }, 'params.timeZone', 'must be the name of a time zone'],
    ['REPORT', { reportType: 'daily-sales', lateAfterMs: 1 }, 'params.lateAfterMs', 'does not go with'],
    ['REPORT', { reportType: 'daily-sales', days: 0 }, 'params.days', 'must be >= 1'],
    ['REPORT', { reportType: 'daily-sales', days: 1.5 }, 'params.days', 'must be of type integer'],
    ['REPORT', { reportType: 'daily-sales', day: 1 }, 'params.day', 'is not known; known are reportType, date, days'],
    ['REPORT', [], 'params', 'must be of type object'],
    ['REPORT', null, 'params', 'must be of type object'],
    ['REPORT', undefined, 'params', 'must be of type object'],
    ['HTTP', {}, 'params.url', 'is required'],
    ['HTTP', { url: 'example.com' }, 'params.url', 'must be an absolute http or https URL'],
    ['HTTP', { url: 'file:///etc/passwd' }, 'params.url', 'must be an absolute http or https URL'],
    ['HTTP', { url: 'http://user:secret@example.com/' }, 'params.url', 'without user name'],
    [
      'HTTP',
      { url: `https://example.com/${'x'.repeat(5000)}` },
      'params.url',
      'must NOT have more than 4096 characters',
    ],
    ['HTTP', { url, method: 'CONNECT' }, 'params.method', 'must be one of "GET"'],
    ['HTTP', { url, method: 'get' }, 'params.method', 'must be one of "GET"'],
    ['HTTP', { url, body: 'x' }, 'params.body', 'does not go with the other params'],
    ['HTTP', { url, method: 'HEAD', body: 'x' }, 'params.body', 'does not go with the other params'],
    ['HTTP', { url, method: 'POST', body: 5 }, 'params.body', 'must be of type string or object or array'],
    ['HTTP', { url, headers: { Host: 'x' } }, 'params.headers.Host', 'neither about the connection'],
    [
      'HTTP',
      { url, headers: { 'transfer-encoding': 'x' } },
      'params.headers.transfer-encoding',
      'neither about the connection',
    ],
    ['HTTP', { url, headers: { 'Proxy-Authorization': 'x' } }, 'params.headers.Proxy-Authorization', 'neither about'],
    ['HTTP', { url, headers: { 'Idempotency-Key': 'x' } }, 'params.headers.Idempotency-Key', 'set by Carillon'],
    ['HTTP', { url, headers: { 'x y': 'x' } }, 'params.headers.x y', 'must be the name of a header'],
    ['HTTP', { url, headers: { x: 'a\r\nHost: b' } }, 'params.headers.x', 'without line breaks'],
    ['HTTP', { url, headers: { x: 1 } }, 'params.headers.x', 'must be of type string'],
    ['HTTP', { url, expectedStatus: 99 }, 'params.expectedStatus', 'must be >= 200'],
    ['HTTP', { url, expectedStatus: [200, '201'] }, 'params.expectedStatus[1]', 'must be of type integer'],
    ['HTTP', { url, expectedStatus: [] }, 'params.expectedStatus', 'must NOT have fewer than 1 items'],
    ['HTTP', { url, timeLimitMs: 300_001 }, 'params.timeLimitMs', 'must be <= 300000'],
    ['ECHO', { message: 5 }, 'params.message', 'must be of type string'],
    ['ECHO', { fail: 'yes' }, 'params.fail', 'must be of type boolean'],
    ['ECHO', { errorCode: 'no' }, 'params.errorCode', 'must match ^[A-Z]'],
    ['SLEEP', {}, 'params.durationMs', 'is required'],
    ['SLEEP', { durationMs: -1 }, 'params.durationMs', 'must be >= 0'],
    ['SLEEP', { durationMs: 3_600_001 }, 'params.durationMs', 'must be <= 3600000'],
    ['SLEEP', { durationMs: '5' }, 'params.durationMs', 'must be of type integer'],
  ])('%s %j', (jobType, params, path, message) => {
    expect(checkParams(jobType, params)).toEqual([{ path, message: expect.stringContaining(message) }])
  })

  test('all that is wrong at once, up to 20 findings', () => {
    expect(checkParams('SLEEP', { durationMs: 'x', y: 1 }).map(({ path }) => path)).toEqual([
      'params.y',
      'params.durationMs',
    ])
    const strange = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`field${index}`, 1]))
    expect(checkParams('REPORT', strange)).toHaveLength(20)
  })

  test('params that are too large or too deep, before they meet the schema', () => {
    expect(checkParams('ECHO', { x: 'é'.repeat(40_000) })).toEqual([
      { path: 'params', message: 'must not be larger than 65536 bytes of JSON' },
    ])
    let deep: unknown = 1
    for (let level = 0; level < 100_000; level++) deep = [deep]
    expect(checkParams('ECHO', { deep })).toEqual([
      { path: 'params', message: 'must not be nested deeper than 32 levels' },
    ])
  })

  test('a job type that does not exist', () => {
    expect(() => checkParams('SHELL', {})).toThrow(expect.objectContaining({ code: 'UNKNOWN_JOB_TYPE' }))
  })
})
