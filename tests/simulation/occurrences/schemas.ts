import { embeddedSchemas } from '#platform/schemas'

/** The schemas of the avro/ folder, which never change while the tests run. */
export const schemas = embeddedSchemas()
