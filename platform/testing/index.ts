// What tests share: a moved clock, seeded chance, a system in a process of its own, a client, servers that count.
// Never used outside of tests and bench.
export { type Answer, type ApiClient, openApiClient, type RestAnswer, signUp } from './api-client.ts'
export { clockAhead, clockOfFile, fakedTimeLibrary, setClock } from './faked-time.ts'
export { type HttpScene, httpScene, textOf } from './http-scene.ts'
export { httpServer, type LocalServer, openSink, socketServer } from './local-server.ts'
export { type MovedClock, movedClock } from './moved-clock.ts'
export { type Scenario, scenario } from './scenario.ts'
export { seeded } from './seeded.ts'
export { type StackAddresses, stackAddresses } from './stack-addresses.ts'
export {
  dropStackSystem,
  inheritedEnvironment,
  isOnStack,
  stackRows,
  stackSystemEnvironment,
  useStack,
} from './stack-system.ts'
export { type SystemOptions, type SystemProcess, startSystem } from './system-process.ts'
export { type TemporaryMysql, temporaryMysql } from './temporary-mysql.ts'
export { onMysql, openTestDatabase } from './test-database.ts'
