import { openSubject } from './apply-topics.contract.ts'
import { describeApplyTopics } from './apply-topics-checks.contract.ts'

describeApplyTopics('embedded', openSubject)
