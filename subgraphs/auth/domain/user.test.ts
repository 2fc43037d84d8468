import { test } from 'vitest'
import { scenario } from '#platform/testing'
import { type UserCommand, type UserEvent, user } from './user.ts'

const { given } = scenario(user)
const ids = { userId: 'user-1', username: 'Shreyash', workspaceId: 'workspace-1' }
const signUp: UserCommand = { type: 'SignUp', ...ids }
const signedUp: UserEvent = { type: 'UserSignedUp', ...ids, workspaceName: 'Shreyash' }
const parameters = { memoryKib: 47_104, passes: 1, lanes: 1 }
const rehash: UserCommand = { type: 'RehashPassword', userId: 'user-1', parameters }
const rehashed: UserEvent = { type: 'PasswordRehashed', userId: 'user-1', ...parameters }

test('a user signs up once, with a workspace of their own', () => {
  given().when(signUp).yields(signedUp)
  given(signedUp).when(signUp).isRefused('USERNAME_TAKEN')
})

test('a password is hashed anew once for the same parameters', () => {
  given().when(rehash).isRefused('INVALID_CREDENTIALS')
  given(signedUp).when(rehash).yields(rehashed)
  given(signedUp, rehashed).when(rehash).yields()
  const dearer = { ...parameters, passes: 2 }
  given(signedUp, rehashed)
    .when({ ...rehash, parameters: dearer })
    .yields({ ...rehashed, ...dearer })
})

test('what rides along with a command does not reach an event', () => {
  const careless = { ...signUp, password: '12345', passwordHash: '$argon2id$' }
  given().when(careless).yields(signedUp)
})
