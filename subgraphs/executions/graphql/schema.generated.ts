import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { Artefact as ArtefactSource } from '../projections/artefacts.ts';
import type { Attempt as AttemptSource, Execution as ExecutionSource } from '../domain/execution.ts';
import type { ExecutionPage as ExecutionPageSource } from './execution-page.ts';
import type { JobReference as JobReferenceSource } from './job-reference.ts';
import type { NumberedLine as NumberedLineSource } from '../projections/logs.ts';
import type { Context } from './context.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** An instant, as RFC 3339 in UTC with milliseconds. */
  DateTime: { input: Date; output: Date; }
  /** Any JSON value. */
  JSON: { input: unknown; output: unknown; }
  _FieldSet: { input: string; output: string; }
};

/** A file that an execution made. Download it at `/executions/{id}/artefacts/{name}`. */
export type Artefact = {
  readonly __typename?: 'Artefact';
  readonly content: Scalars['String']['output'];
  readonly mediaType: Scalars['String']['output'];
  readonly name: Scalars['String']['output'];
  readonly sha256: Scalars['String']['output'];
  readonly sizeBytes: Scalars['Int']['output'];
};

/** One try at an execution. */
export type Attempt = {
  readonly __typename?: 'Attempt';
  readonly error: Maybe<ExecutionError>;
  /** The executor that ran it. */
  readonly executor: Scalars['String']['output'];
  readonly finishedAt: Maybe<Scalars['DateTime']['output']>;
  /** When a result came after the attempt had been given up; it was refused. */
  readonly lateResultAt: Maybe<Scalars['DateTime']['output']>;
  readonly number: Scalars['Int']['output'];
  readonly startedAt: Scalars['DateTime']['output'];
  readonly status: AttemptStatus;
};

export type AttemptStatus =
  | 'FAILED'
  /** Its executor was heard of no more. */
  | 'LOST'
  | 'RUNNING'
  | 'SUCCEEDED';

export type Execution = {
  readonly __typename?: 'Execution';
  readonly artefacts: ReadonlyArray<Artefact>;
  readonly attempts: ReadonlyArray<Attempt>;
  /** Why it exists: `schedule` or `trigger:<key>`. */
  readonly cause: Scalars['String']['output'];
  readonly error: Maybe<ExecutionError>;
  readonly finishedAt: Maybe<Scalars['DateTime']['output']>;
  readonly id: Scalars['ID']['output'];
  readonly job: Job;
  readonly jobType: Scalars['String']['output'];
  /** The version of the job that this execution runs. */
  readonly jobVersion: Scalars['Int']['output'];
  readonly logs: LogConnection;
  readonly params: Scalars['JSON']['output'];
  readonly queuedAt: Scalars['DateTime']['output'];
  readonly result: Maybe<Scalars['JSON']['output']>;
  /** The nominal time of the fire. */
  readonly scheduledFor: Scalars['DateTime']['output'];
  readonly startedAt: Maybe<Scalars['DateTime']['output']>;
  readonly status: ExecutionStatus;
  /** Grows with each change. */
  readonly version: Scalars['Int']['output'];
};


export type ExecutionLogsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

export type ExecutionConnection = {
  readonly __typename?: 'ExecutionConnection';
  readonly edges: ReadonlyArray<ExecutionEdge>;
  readonly pageInfo: PageInfo;
  readonly totalCount: Scalars['Int']['output'];
};

export type ExecutionEdge = {
  readonly __typename?: 'ExecutionEdge';
  readonly cursor: Scalars['String']['output'];
  readonly node: Execution;
};

export type ExecutionError = {
  readonly __typename?: 'ExecutionError';
  readonly code: Scalars['String']['output'];
  readonly message: Scalars['String']['output'];
};

export type ExecutionFilter = {
  readonly jobId?: InputMaybe<Scalars['ID']['input']>;
  readonly statuses?: InputMaybe<ReadonlyArray<ExecutionStatus>>;
};

export type ExecutionStatus =
  | 'FAILED'
  | 'QUEUED'
  | 'RUNNING'
  | 'SUCCEEDED';

export type Job = {
  readonly __typename?: 'Job';
  /** The newest first. */
  readonly executions: ExecutionConnection;
  readonly id: Scalars['ID']['output'];
};


export type JobExecutionsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<JobExecutionFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

export type JobExecutionFilter = {
  readonly statuses?: InputMaybe<ReadonlyArray<ExecutionStatus>>;
};

export type LogConnection = {
  readonly __typename?: 'LogConnection';
  readonly edges: ReadonlyArray<LogEdge>;
  readonly pageInfo: PageInfo;
};

export type LogEdge = {
  readonly __typename?: 'LogEdge';
  readonly cursor: Scalars['String']['output'];
  readonly node: LogLine;
};

export type LogLevel =
  | 'DEBUG'
  | 'ERROR'
  | 'INFO'
  | 'WARN';

export type LogLine = {
  readonly __typename?: 'LogLine';
  readonly at: Scalars['DateTime']['output'];
  readonly attempt: Scalars['Int']['output'];
  readonly level: LogLevel;
  readonly message: Scalars['String']['output'];
  /** Counts the lines of an execution, from 1. */
  readonly seq: Scalars['Int']['output'];
};

export type PageInfo = {
  readonly __typename?: 'PageInfo';
  readonly endCursor: Maybe<Scalars['String']['output']>;
  readonly hasNextPage: Scalars['Boolean']['output'];
};

export type Query = {
  readonly __typename?: 'Query';
  /** One execution, or null when there is none that you may see. */
  readonly execution: Maybe<Execution>;
  /** Your executions, the newest first. */
  readonly executions: ExecutionConnection;
};


export type QueryExecutionArgs = {
  id: Scalars['ID']['input'];
};


export type QueryExecutionsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<ExecutionFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

export type Subscription = {
  readonly __typename?: 'Subscription';
  /** Each execution of a job, or one execution: as it is now, then each change. Give exactly one of the two ids. */
  readonly executionChanged: Execution;
  /** The log from the beginning, or from after a cursor, and on as it is written; ends when the execution has ended. */
  readonly executionLog: LogEdge;
};


export type SubscriptionExecutionChangedArgs = {
  executionId?: InputMaybe<Scalars['ID']['input']>;
  jobId?: InputMaybe<Scalars['ID']['input']>;
};


export type SubscriptionExecutionLogArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  executionId: Scalars['ID']['input'];
};



export type ResolverTypeWrapper<T> = Promise<T> | T;

export type ReferenceResolver<TResult, TReference, TContext> = (
      reference: TReference,
      context: TContext,
      info: GraphQLResolveInfo
    ) => Promise<TResult> | TResult;

      type ScalarCheck<T, S> = S extends true ? T : NullableCheck<T, S>;
      type NullableCheck<T, S> = Maybe<T> extends T ? Maybe<ListCheck<NonNullable<T>, S>> : ListCheck<T, S>;
      type ListCheck<T, S> = T extends (infer U)[] ? NullableCheck<U, S>[] : GraphQLRecursivePick<T, S>;
      export type GraphQLRecursivePick<T, S> = { [K in keyof T & keyof S]: ScalarCheck<T[K], S[K]> };
    

export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

/** Mapping of federation types */
export type FederationTypes = {
  Execution: Execution;
  Job: Job;
};

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  Execution:
    ( { __typename: 'Execution' }
    & GraphQLRecursivePick<FederationTypes['Execution'], {"id":true}> );
  Job:
    ( { __typename: 'Job' }
    & GraphQLRecursivePick<FederationTypes['Job'], {"id":true}> );
};



/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  Artefact: ResolverTypeWrapper<ArtefactSource>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  Attempt: ResolverTypeWrapper<AttemptSource>;
  AttemptStatus: AttemptStatus;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  Execution: ResolverTypeWrapper<ExecutionSource>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  ExecutionConnection: ResolverTypeWrapper<ExecutionPageSource>;
  ExecutionEdge: ResolverTypeWrapper<Omit<ExecutionEdge, 'node'> & { node: ResolversTypes['Execution'] }>;
  ExecutionError: ResolverTypeWrapper<ExecutionError>;
  ExecutionFilter: ExecutionFilter;
  ExecutionStatus: ExecutionStatus;
  JSON: ResolverTypeWrapper<Scalars['JSON']['output']>;
  Job: ResolverTypeWrapper<JobReferenceSource>;
  JobExecutionFilter: JobExecutionFilter;
  LogConnection: ResolverTypeWrapper<Omit<LogConnection, 'edges'> & { edges: ReadonlyArray<ResolversTypes['LogEdge']> }>;
  LogEdge: ResolverTypeWrapper<Omit<LogEdge, 'node'> & { node: ResolversTypes['LogLine'] }>;
  LogLevel: LogLevel;
  LogLine: ResolverTypeWrapper<NumberedLineSource>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  Artefact: ArtefactSource;
  String: Scalars['String']['output'];
  Int: Scalars['Int']['output'];
  Attempt: AttemptSource;
  DateTime: Scalars['DateTime']['output'];
  Execution: ExecutionSource;
  ID: Scalars['ID']['output'];
  ExecutionConnection: ExecutionPageSource;
  ExecutionEdge: Omit<ExecutionEdge, 'node'> & { node: ResolversParentTypes['Execution'] };
  ExecutionError: ExecutionError;
  ExecutionFilter: ExecutionFilter;
  JSON: Scalars['JSON']['output'];
  Job: JobReferenceSource;
  JobExecutionFilter: JobExecutionFilter;
  LogConnection: Omit<LogConnection, 'edges'> & { edges: ReadonlyArray<ResolversParentTypes['LogEdge']> };
  LogEdge: Omit<LogEdge, 'node'> & { node: ResolversParentTypes['LogLine'] };
  LogLine: NumberedLineSource;
  PageInfo: PageInfo;
  Boolean: Scalars['Boolean']['output'];
  Query: Record<PropertyKey, never>;
  Subscription: Record<PropertyKey, never>;
};

export type ArtefactResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Artefact'] = ResolversParentTypes['Artefact']> = {
  content?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  mediaType?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  sha256?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  sizeBytes?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type AttemptResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Attempt'] = ResolversParentTypes['Attempt']> = {
  error?: Resolver<Maybe<ResolversTypes['ExecutionError']>, ParentType, ContextType>;
  executor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  finishedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  lateResultAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  number?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  startedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['AttemptStatus'], ParentType, ContextType>;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type ExecutionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Execution'] = ResolversParentTypes['Execution'], FederationReferenceType extends FederationReferenceTypes['Execution'] = FederationReferenceTypes['Execution']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Execution']> | FederationReferenceType, FederationReferenceType, ContextType>;
  artefacts?: Resolver<ReadonlyArray<ResolversTypes['Artefact']>, ParentType, ContextType>;
  attempts?: Resolver<ReadonlyArray<ResolversTypes['Attempt']>, ParentType, ContextType>;
  cause?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  error?: Resolver<Maybe<ResolversTypes['ExecutionError']>, ParentType, ContextType>;
  finishedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  job?: Resolver<ResolversTypes['Job'], ParentType, ContextType>;
  jobType?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  jobVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  logs?: Resolver<ResolversTypes['LogConnection'], ParentType, ContextType, RequireFields<ExecutionLogsArgs, 'first'>>;
  params?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  queuedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  result?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
  scheduledFor?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  startedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  status?: Resolver<ResolversTypes['ExecutionStatus'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ExecutionConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ExecutionConnection'] = ResolversParentTypes['ExecutionConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['ExecutionEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ExecutionEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ExecutionEdge'] = ResolversParentTypes['ExecutionEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Execution'], ParentType, ContextType>;
};

export type ExecutionErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ExecutionError'] = ResolversParentTypes['ExecutionError']> = {
  code?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export interface JsonScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['JSON'], any> {
  name: 'JSON';
}

export type JobResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Job'] = ResolversParentTypes['Job'], FederationReferenceType extends FederationReferenceTypes['Job'] = FederationReferenceTypes['Job']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Job']> | FederationReferenceType, FederationReferenceType, ContextType>;
  executions?: Resolver<ResolversTypes['ExecutionConnection'], ParentType, ContextType, RequireFields<JobExecutionsArgs, 'first'>>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type LogConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['LogConnection'] = ResolversParentTypes['LogConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['LogEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type LogEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['LogEdge'] = ResolversParentTypes['LogEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['LogLine'], ParentType, ContextType>;
};

export type LogLineResolvers<ContextType = Context, ParentType extends ResolversParentTypes['LogLine'] = ResolversParentTypes['LogLine']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  attempt?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  level?: Resolver<ResolversTypes['LogLevel'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  seq?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type PageInfoResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type QueryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  execution: Resolver<Maybe<ResolversTypes['Execution']>, ParentType, ContextType, RequireFields<QueryExecutionArgs, 'id'>>;
  executions: Resolver<ResolversTypes['ExecutionConnection'], ParentType, ContextType, RequireFields<QueryExecutionsArgs, 'first'>>;
};

export type SubscriptionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = {
  executionChanged: SubscriptionResolver<ResolversTypes['Execution'], "executionChanged", ParentType, ContextType, Partial<SubscriptionExecutionChangedArgs>>;
  executionLog: SubscriptionResolver<ResolversTypes['LogEdge'], "executionLog", ParentType, ContextType, RequireFields<SubscriptionExecutionLogArgs, 'executionId'>>;
};

export type Resolvers<ContextType = Context> = {
  Artefact?: ArtefactResolvers<ContextType>;
  Attempt?: AttemptResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  Execution?: ExecutionResolvers<ContextType>;
  ExecutionConnection?: ExecutionConnectionResolvers<ContextType>;
  ExecutionEdge?: ExecutionEdgeResolvers<ContextType>;
  ExecutionError?: ExecutionErrorResolvers<ContextType>;
  JSON?: GraphQLScalarType;
  Job?: JobResolvers<ContextType>;
  LogConnection?: LogConnectionResolvers<ContextType>;
  LogEdge?: LogEdgeResolvers<ContextType>;
  LogLine?: LogLineResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
};

