import { seedOfEnvironment } from './config.ts'
import { testSeeds } from './seeds.ts'

testSeeds(251, 500, seedOfEnvironment())
