import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { filledOnce } from './cache.ts'
import { projectName } from './compose.ts'
import { readStackConfig, StackError } from './config.ts'
import { wantedDatabase } from './database.ts'
import { kafkaProperties } from './kafka.ts'
import { databaseProcess, initialised } from './mysql.ts'
import { holdStack } from './stack-lock.ts'
import { statusLine } from './status.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'stack-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

const config = (more: Readonly<Record<string, string>> = {}) => readStackConfig({ STACK_DIR: directory, ...more })

test('a folder of the cache is filled once', async () => {
  let fills = 0
  const fill = async (partial: string) => {
    fills += 1
    writeFileSync(join(partial, 'jar'), '')
  }
  const folder = await filledOnce(directory, 'kafka', fill)
  expect(await filledOnce(directory, 'kafka', fill)).toBe(folder)
  expect([fills, existsSync(join(folder, 'jar'))]).toEqual([1, true])
})

test('a download that fails leaves nothing that looks like one', async () => {
  await expect(filledOnce(directory, 'kafka', () => Promise.reject(new StackError('offline')))).rejects.toThrow(
    'offline',
  )
  expect(readdirSync(directory)).toEqual([])
})

test('two downloads at once end with one folder', async () => {
  const fill = async () => {}
  await Promise.all([filledOnce(directory, 'kafka', fill), filledOnce(directory, 'kafka', fill)])
  expect(readdirSync(directory)).toEqual(['kafka'])
})

test('a data folder that was left half made is made again', async () => {
  const data = join(directory, 'data', 'mysql')
  const interrupted = initialised(data, async (partial) => {
    mkdirSync(partial)
    writeFileSync(join(partial, 'half'), '')
    throw new StackError('power cut')
  })
  await expect(interrupted).rejects.toThrow('power cut')
  expect(existsSync(data)).toBe(false)
  await initialised(data, async (partial) => void mkdirSync(partial))
  expect(readdirSync(data)).toEqual([])
})

test('the database that has data goes on, unless the settings name one', () => {
  expect(wantedDatabase(config())).toBe('auto')
  mkdirSync(join(directory, 'data', 'mariadb'), { recursive: true })
  expect(wantedDatabase(config())).toBe('mariadb')
  expect(wantedDatabase(config({ STACK_DATABASE: 'mysql' }))).toBe('mysql')
})

test('a database is known as ours, whichever it is, and one of another stack is not', () => {
  const { marker } = databaseProcess(config())
  for (const kind of ['mysql', 'mariadb']) expect(`--datadir=${join(directory, 'data', kind)}`).toContain(marker)
  expect(`--datadir=${directory}-2/data/mysql`).not.toContain(marker)
})

test('a stack is held by one command at a time', () => {
  const held = holdStack(directory)
  expect(() => holdStack(directory)).toThrow(StackError)
  held.release()
  holdStack(directory).release()
})

test('stacks in different folders are different projects, and the same one stays the same', () => {
  expect(projectName({ directory: '/a' })).toBe(projectName({ directory: '/a' }))
  expect(projectName({ directory: '/a' })).not.toBe(projectName({ directory: '/b' }))
})

test('the broker listens on this machine alone', () => {
  const text = kafkaProperties(config({ STACK_KAFKA_PORT: '1234' }), '/logs')
  expect(text).toContain('advertised.listeners=PLAINTEXT://127.0.0.1:1234\n')
  expect(text).toContain('log.dirs=/logs\n')
  expect(text.match(/listeners=\S+/g)?.every((line) => line.includes('127.0.0.1'))).toBe(true)
})

test('a status names a stranger that answers on our port', () => {
  const kafka = { name: 'kafka', address: '127.0.0.1:1', isReady: true, pid: 7 }
  expect(statusLine(kafka, false)).toContain('ready (pid 7)')
  expect(statusLine({ ...kafka, pid: undefined }, false)).toContain('ready (not of this stack)')
  expect(statusLine({ ...kafka, pid: undefined }, true)).toContain('ready (container)')
  expect(statusLine({ ...kafka, isReady: false }, false)).toContain('does not answer (pid 7)')
  expect(statusLine({ ...kafka, isReady: false, pid: undefined }, false)).toContain('stopped')
})
