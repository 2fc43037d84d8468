import { seedOfEnvironment } from '../config.ts'
import { testWhenSeeds } from './seeds.ts'

testWhenSeeds(1001, 1500, seedOfEnvironment())
