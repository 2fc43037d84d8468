import { seedOfEnvironment } from '../config.ts'
import { testWhenSeeds } from './seeds.ts'

testWhenSeeds(1501, 2000, seedOfEnvironment())
