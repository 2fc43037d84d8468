import { seedOfEnvironment } from '../config.ts'
import { testWhenSeeds } from './seeds.ts'

testWhenSeeds(1, 500, seedOfEnvironment())
