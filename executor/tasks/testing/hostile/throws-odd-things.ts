import { type Task, TaskError } from 'carillon/task'

/** Throws what is no error, or where nobody catches it. */
export const task: Task<{ readonly where: string }> = {
  name: 'HOSTILE_THROWS',
  description: 'Throws what is no error, or where nobody catches it.',
  paramsSchema: { type: 'object', properties: { where: { type: 'string' } }, required: ['where'] },
  async run({ where }) {
    const odd = new Proxy(new Error('odd'), {
      get: () => {
        throw new Error('nobody reads it')
      },
      getPrototypeOf: () => {
        throw new Error('nobody knows what it is')
      },
    })
    if (where === 'here') throw odd
    if (where === 'in JavaScript')
      throw Object.assign(new TaskError('ODD', 'odd'), { code: 5, retryAfterMs: Number.NaN })
    void Promise.reject(odd)
    return new Promise(() => undefined)
  },
}
