import { expect, test } from 'vitest'
import { mirrorIn } from './apt-mirror.ts'

const debian = (uri: string) => expect.objectContaining({ uri })

test('a stanza names its mirror, and the security archive is none', () => {
  const text = `Types: deb
# a remark
URIs: http://mirror.example/debian-security
Suites: stable-security

Types: deb deb-src
URIs: http://mirror.example/debian
Suites: stable
`
  expect(mirrorIn(text, 'deb822')).toEqual(debian('http://mirror.example/debian'))
})

test('a stanza that is switched off, of sources alone, or of another vendor names none', () => {
  const stanza = (lines: string) => mirrorIn(`${lines}\nSuites: stable\n`, 'deb822')
  expect(stanza('Types: deb\nEnabled: no\nURIs: http://mirror.example/debian')).toBeUndefined()
  expect(stanza('Types: deb-src\nURIs: http://mirror.example/debian')).toBeUndefined()
  expect(stanza('Types: deb\nURIs: https://vendor.example/node_20.x')).toBeUndefined()
})

test('the classic format is read too, with options and without', () => {
  const text = `# deb http://off.example/debian stable main
deb-src http://sources.example/debian stable main
deb [arch=amd64 signed-by=/a.gpg] https://vendor.example/apt stable main
deb [arch=amd64] http://mirror.example/debian/ stable main
`
  expect(mirrorIn(text, 'lines')).toEqual(debian('http://mirror.example/debian/'))
})
