import { seedOfEnvironment } from '../config.ts'
import { testAttemptSeeds } from './seeds.ts'

testAttemptSeeds(1, 100, seedOfEnvironment())
