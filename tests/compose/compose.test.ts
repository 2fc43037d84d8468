import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildLoader, type ComposeProject, type ComposeService, type Loader, ROOT } from './loader.ts'
import { SYSTEM_SETTINGS } from './settings.ts'

const SETTINGS = { MYSQL_PASSWORD: 'sample' }
const PORTS = { gateway: 4_000, auth: 4_001, jobs: 4_002, executions: 4_003, scheduler: 4_004, executor: 4_005 }
const SERVERS = ['kafka', 'mysql', 'registry', 'registry-rule']
// What is told to the services and is theirs alone: keys, and who sees what belongs to nobody.
const PRIVATE = {
  WEBHOOK_KEY: ['jobs'],
  OPERATORS: ['executions'],
  S3_SECRET_ACCESS_KEY: ['executions', 'executor'],
  S3_ACCESS_KEY_ID: ['executions', 'executor'],
}
// The image says where data lies; the names of databases are those of deploy/mysql/grants.sql.
const NOT_TOLD = ['DATA_DIR', 'KAFKA_TOPIC_PREFIX', 'MYSQL_DATABASE_PREFIX']
const OBSERVERS = ['grafana', 'otel-collector', 'prometheus']

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'compose-'))
afterAll(() => rmSync(folder, { recursive: true }))

// Only here can it be known: without the loader no line of YAML is understood, and `buildLoader` says so.
const loader: Loader | undefined = buildLoader(folder)
if (!loader) test('docker-compose.yml is there to be checked', () => expect(read('docker-compose.yml')).not.toBe(''))
else describe('docker-compose.yml', () => describeCompose(loader))

function describeCompose(load: Loader): void {
  let project: ComposeProject
  let all: readonly (readonly [string, ComposeService])[]
  let ours: readonly (readonly [string, ComposeService])[]

  beforeAll(() => {
    project = load(['docker-compose.yml'], SETTINGS)
    all = Object.entries(project.services)
    ours = all.filter(([, { image }]) => image.startsWith('carillon:'))
  })

  test('has every service, each server, and observers that come only when asked for', () => {
    expect(ours.map(([name]) => name).toSorted()).toEqual([...Object.keys(PORTS), 'migrate'].toSorted())
    const others = all.filter((entry) => !ours.includes(entry))
    expect(others.filter(([, { profiles }]) => !profiles).map(([name]) => name)).toEqual(SERVERS)
    expect(others.filter(([, { profiles }]) => profiles).map(([name]) => name)).toEqual(OBSERVERS)
  })

  test('is refused without a password', () => {
    expect(() => load(['docker-compose.yml'], {})).toThrow(/MYSQL_PASSWORD is missing/)
  })

  test('waits only for what exists and can say that it is ready', () => {
    for (const [name, { depends_on }] of all)
      for (const [target, { condition }] of Object.entries(depends_on ?? {})) {
        const awaited = project.services[target]
        expect(awaited, `${name} waits for ${target}`).toBeDefined()
        if (condition === 'service_healthy') expect(awaited?.healthcheck?.test, target).toBeDefined()
        else expect([target, condition]).toEqual([expect.stringMatching(/^(migrate|registry-rule)$/), ENDED])
      }
  })

  test('pins every image', () => {
    for (const [name, { image }] of all) expect(image, name).toMatch(/:v?\d+\.\d+(\.\d+)?$/)
  })

  test('mounts only what exists', () => {
    for (const [name, { volumes }] of all)
      for (const { type, source } of volumes ?? [])
        expect(type === 'bind' ? existsSync(source) : source in project.volumes, `${name}: ${source}`).toBe(true)
  })

  test('gives every service its command, its port, its name and no right that it does not need', () => {
    for (const [name, service] of ours) {
      expect(service.command).toEqual(['node', 'runtime/main.ts', name])
      expect(service.build).toEqual({ context: join(ROOT, '.'), dockerfile: 'deploy/Dockerfile' })
      expect(service).toMatchObject({ user: 'node', read_only: true, cap_drop: ['ALL'] })
      expect(service.security_opt).toEqual(['no-new-privileges:true'])
      if (name === 'migrate') continue
      expect(service.environment).toMatchObject({
        PORT: String(PORTS[name as keyof typeof PORTS]),
        ADVERTISE_HOST: name,
        HOST: '0.0.0.0',
        NODE_ENV: 'production',
      })
    }
    expect(existsSync(join(ROOT, 'runtime/main.ts'))).toBe(true)
  })

  test('tells the services every variable that they read, and no other', () => {
    const told = new Set(ours.flatMap(([, { environment }]) => Object.keys(environment ?? {})))
    expect([...told, ...NOT_TOLD].toSorted()).toEqual(SYSTEM_SETTINGS.toSorted())
    expect(read('deploy/Dockerfile')).toMatch(/^ENV .*\bDATA_DIR=/m)
  })

  test('passes what .env says, keys only to those that need them, and nothing where it says nothing', () => {
    const own = ['MYSQL_PASSWORD', 'GATEWAY_PORT', 'DASHBOARD_PORT', 'HOST', 'PORT']
    const said = Object.fromEntries(
      SYSTEM_SETTINGS.filter((name) => !own.includes(name)).map((name) => [name, `${name}!`]),
    )
    const { services } = load(['docker-compose.yml'], { ...SETTINGS, ...said })
    const tellers = (name: string) =>
      Object.keys(PORTS).filter((service) => services[service]?.environment?.[name] === `${name}!`)
    for (const name of ['LOG_LEVEL', 'RETENTION_HOURS', 'SHELL_JOBS', 'AUTH_KEY_LIFE_MS'])
      expect(tellers(name), name).toEqual(Object.keys(PORTS))
    for (const [name, those] of Object.entries(PRIVATE)) expect(tellers(name).toSorted(), name).toEqual(those)
    // What the composition needs as it is cannot be talked out of it.
    for (const name of ['KAFKA_BROKERS', 'MYSQL_URL', 'NODE_ENV', 'ADVERTISE_HOST'])
      expect(tellers(name), name).toEqual([])
    for (const [, { environment }] of ours) expect(environment?.['LOG_LEVEL'] ?? null).toBeNull()
  })

  test('offers everything on this machine alone, each port once', () => {
    const published = all.flatMap(([, { ports }]) => ports ?? [])
    expect(published.map(({ host_ip }) => host_ip)).toEqual(published.map(() => '127.0.0.1'))
    expect(new Set(published.map(({ published: port }) => port)).size).toBe(published.length)
    expect(project.services['gateway']?.ports?.map(({ target }) => target)).toEqual([4_000, 8_761])
  })

  test('names every setting in .env.example', () => {
    const used = [...read('docker-compose.yml').matchAll(/(?<!\$)\$\{([A-Z_]+)/g)].map(([, name]) => name)
    const named = [...read('.env.example').matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name)
    expect([...new Set(used)].toSorted()).toEqual(named.toSorted())
  })

  test('has Prometheus ask each service where it listens', () => {
    const scraped = [...read('deploy/prometheus.yml').matchAll(/names: \[([a-z-]+)\], type: A, port: (\d+)/g)]
    const targets = Object.fromEntries(scraped.map(([, name, port]) => [name, Number(port)]))
    expect(targets).toEqual({ ...PORTS, 'otel-collector': 8_888 })
  })

  test('has traces go to the collector where it listens, and Grafana ask Prometheus where it does', () => {
    const endpoint = new URL(/http:\/\/\S+:\d+(?= with --profile observability)/.exec(read('.env.example'))?.[0] ?? '')
    expect(Object.keys(project.services)).toContain(endpoint.hostname)
    expect(read('deploy/otel-collector.yml')).toContain(`http: { endpoint: 0.0.0.0:${endpoint.port} }`)
    const source = read('deploy/grafana/provisioning/datasources/prometheus.yml')
    const prometheus = new URL(/^ {4}url: (\S+)$/m.exec(source)?.[1] ?? '')
    const targets = project.services[prometheus.hostname]?.ports?.map(({ target }) => String(target))
    expect(targets).toEqual([prometheus.port])
    expect(project.services[prometheus.hostname]?.healthcheck?.test?.join(' ')).toContain(`:${prometheus.port}/`)
  })

  test('becomes a stack for development with three servers on the ports that were asked for', () => {
    const files = ['docker-compose.yml', 'deploy/stack.yml']
    const { services } = load(files, {
      ...SETTINGS,
      STACK_KAFKA_PORT: '1',
      STACK_REGISTRY_PORT: '2',
      STACK_MYSQL_PORT: '3',
    })
    const port = (name: string) => services[name]?.ports?.map(({ host_ip, published }) => `${host_ip}:${published}`)
    expect([port('kafka'), port('registry'), port('mysql')]).toEqual([
      ['127.0.0.1:1'],
      ['127.0.0.1:2'],
      ['127.0.0.1:3'],
    ])
    expect(services['kafka']?.environment?.['KAFKA_ADVERTISED_LISTENERS']).toContain('HOST://127.0.0.1:1')
    expect(services['mysql']?.environment).toMatchObject({ MYSQL_ALLOW_EMPTY_PASSWORD: 'yes' })
  })
}

const ENDED = 'service_completed_successfully'
