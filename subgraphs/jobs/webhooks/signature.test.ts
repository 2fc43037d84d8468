import { expect, test } from 'vitest'
import { signedHeaders } from './signature.ts'

// From the test suite of the specification's reference libraries.
const SECRET = 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const message = {
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  at: new Date(1_614_265_330_999),
  body: '{"test": 2432232314}',
}

test('the vector of Standard Webhooks holds', () => {
  expect(signedHeaders(message, [Buffer.from(SECRET, 'base64')])).toEqual({
    'webhook-id': message.id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  })
})

test('each secret signs', () => {
  const { 'webhook-signature': both } = signedHeaders(message, [Buffer.from('next'), Buffer.from(SECRET, 'base64')])
  expect(both).toMatch(/^v1,[^ ]{44} v1,g0hM9SsE\+OTPJTGt\/tmIKtSyZlE3uFJELVlNIOLJ1OE=$/)
})
