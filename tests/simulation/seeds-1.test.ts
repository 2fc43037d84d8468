import { seedOfEnvironment } from './config.ts'
import { testSeeds } from './seeds.ts'

testSeeds(1, 250, seedOfEnvironment())
