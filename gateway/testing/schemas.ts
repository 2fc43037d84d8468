/** The SDL of three subgraphs that have every shape a subscription can run into. */
export const TEST_SCHEMAS = {
  auth: /* GraphQL */ `
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@authenticated"])
    type Query {
      me: User @authenticated
      users: [User!]!
      network: String
      correlationId: String
      fail(how: String!): String
      secret: Secret
    }
    type Mutation { touch: Boolean! }
    type Secret @authenticated { word: String! }
    type User @key(fields: "id") {
      id: ID!
      username: String!
      "Fails for bob, and is not nullable."
      badge: String!
      "Fails for bob, and is nullable."
      nickname: String
      role: Role!
    }
    enum Role { ADMIN OPERATOR }
  `,
  executions: /* GraphQL */ `
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external", "@requires"])
    type Query { execution(id: ID!): Execution }
    type Subscription { logAppended(executionId: ID!, after: Int = 0): LogLine }
    type Job @key(fields: "id") {
      id: ID!
      priority: Int! @external
      lastExecution: Execution
      estimate: Int! @requires(fields: "priority")
    }
    type Execution @key(fields: "id") {
      id: ID!
      job: Job!
      logs(last: Int = 10, level: String): [LogLine!]!
    }
    type LogLine { at: Int! level: String! text: String! execution: Execution! }
  `,
  jobs: /* GraphQL */ `
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@authenticated"])
    type Query {
      job(id: ID!): Job
      jobs(first: Int = 50): [Job!]!
      "Mirrors the last event, to compare a query with a subscription."
      lastEvent(jobId: ID!): JobStatusChanged
      lastActivity: Activity
    }
    type Mutation {
      setStatus(jobId: ID!, status: JobStatus!): Job! @authenticated
      createJobs(inputs: [JobInput!]!): [Job!]! @authenticated
    }
    input JobInput { name: String! priority: Int! }
    type Subscription {
      jobStatusChanged(jobId: ID!): JobStatusChanged @authenticated
      activity: Activity
    }
    type JobStatusChanged { job: Job! from: JobStatus! to: JobStatus! seq: Int! }
    enum JobStatus { QUEUED RUNNING DONE FAILED }
    type Job @key(fields: "id") {
      id: ID!
      name: String!
      status: JobStatus!
      owner: User
      watchers: [User]!
      priority: Int!
    }
    type User @key(fields: "id", resolvable: false) { id: ID! }
    interface Activity { seq: Int! actor: User }
    type JobActivity implements Activity { seq: Int! actor: User job: Job! }
    type NoteActivity implements Activity { seq: Int! actor: User text: String! }
  `,
} as const
