import { serviceEnvironment } from '../../runtime/separate/config.ts'
import { stackVariables } from '../../stack/config.ts'

/** Every variable that the system reads, embedded or as a service, without what is for tests alone. */
export const SYSTEM_SETTINGS = Object.keys(serviceEnvironment.shape).filter(
  (name) => !name.startsWith('CARILLON_TEST_'),
)

/** Every variable that `npm run stack:…` reads. */
export const SERVER_SETTINGS = Object.keys(stackVariables.shape)
