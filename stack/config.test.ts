import { homedir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { environmentLines, stackEnvironment } from './addresses.ts'
import { PROJECT_DIRECTORY, readStackConfig, StackError } from './config.ts'

test('without settings the stack is in the project, its downloads in the home', () => {
  const config = readStackConfig({})
  expect(config.directory).toBe(join(PROJECT_DIRECTORY, '.stack'))
  expect(config.cacheDirectory).toBe(join(homedir(), '.cache', 'carillon-stack'))
  expect(stackEnvironment(config)).toEqual({
    KAFKA_BROKERS: '127.0.0.1:19092',
    SCHEMA_REGISTRY_URL: 'http://127.0.0.1:18081/apis/ccompat/v7',
    MYSQL_URL: 'mysql://root@127.0.0.1:13306',
  })
})

test('the lines to use name the ports that were asked for', () => {
  const config = readStackConfig({ STACK_KAFKA_PORT: '1', STACK_REGISTRY_PORT: '2', STACK_MYSQL_PORT: '3' })
  expect(environmentLines(config)).toEqual([
    'export KAFKA_BROKERS=127.0.0.1:1',
    'export SCHEMA_REGISTRY_URL=http://127.0.0.1:2/apis/ccompat/v7',
    'export MYSQL_URL=mysql://root@127.0.0.1:3',
  ])
})

test('everything that is wrong is said at once', () => {
  const wrong = { STACK_KAFKA_PORT: '99999', STACK_JIT: 'fast', STACK_DATABASE: 'oracle' }
  expect(() => readStackConfig(wrong)).toThrow(StackError)
  for (const name of Object.keys(wrong)) expect(() => readStackConfig(wrong)).toThrow(new RegExp(`  ${name}: `))
})
