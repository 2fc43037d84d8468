import { isTimeZone } from '#platform/schedule'
import { isForbiddenHeader } from './http/headers.ts'
import { isKafkaHeaderName } from './kafka.ts'
import { isDay, isDayOrInstant } from './report/period.ts'
import { isShellVariable } from './shell/schema.ts'

const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

/** The `format`s that schemas of params may use. To other readers of a schema they are notes. */
export const paramFormats: Readonly<Record<string, (value: string) => boolean>> = {
  date: isDay,
  'day-or-instant': isDayOrInstant,
  'http-url': isHttpUrl,
  'http-header-name': (name) => HEADER_NAME.test(name) && !isForbiddenHeader(name),
  'http-header-value': (value) => HEADER_VALUE.test(value),
  'kafka-header-name': isKafkaHeaderName,
  'time-zone': isTimeZone,
  'shell-variable': isShellVariable,
}

function isHttpUrl(value: string): boolean {
  const url = URL.parse(value)
  if (url === null) return false
  return /^https?:$/.test(url.protocol) && url.username === '' && url.password === '' && url.hash === ''
}
