import { seedOfEnvironment } from '../config.ts'
import { testWhenSeeds } from './seeds.ts'

testWhenSeeds(501, 1000, seedOfEnvironment())
