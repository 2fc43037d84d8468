import { expect, test } from 'vitest'
import { openCatalogue } from '../catalogue.ts'
import { SHELL_OFF } from './policy.ts'

test.each([
  [{}, 'params.argv'],
  [{ argv: [] }, 'params.argv'],
  [{ argv: [''] }, 'params.argv[0]'],
  [{ argv: ['a\0b'] }, 'params.argv[0]'],
  [{ argv: ['a', 'b\0'] }, 'params.argv[1]'],
  [{ argv: 'rm -rf /' }, 'params.argv'],
  [{ argv: ['a'], env: { LD_PRELOAD: 'x' } }, 'params.env.LD_PRELOAD'],
  [{ argv: ['a'], env: { PATH: '/tmp' } }, 'params.env.PATH'],
  [{ argv: ['a'], env: { CARILLON_TASK: 'x' } }, 'params.env.CARILLON_TASK'],
  [{ argv: ['a'], env: { 'A B': 'x' } }, 'params.env.A B'],
  [{ argv: ['a'], env: { A: 1 } }, 'params.env.A'],
  [{ argv: ['a'], limits: { processes: 0 } }, 'params.limits.processes'],
  [{ argv: ['a'], limits: { cpuSeconds: 1e9 } }, 'params.limits.cpuSeconds'],
  [{ argv: ['a'], finalExitCodes: [256] }, 'params.finalExitCodes[0]'],
  [{ argv: ['a'], shell: true }, 'params.shell'],
])('params %j are refused at %s', (params, path) => {
  const { checkParams } = openCatalogue({ shell: { ...SHELL_OFF, mode: 'on' } })
  expect(checkParams('SHELL', params).map((error) => error.path)).toContain(path)
})
