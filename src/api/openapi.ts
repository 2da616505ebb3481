/**
 * The OpenAPI 3.1 document, printed from the list of operations.
 */
import { mediaTypesOf, operations, type Operation } from './operations.ts';
import { problemMediaType } from './protocol.ts';
import { problem } from './schemas.ts';

interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

const sentences: Readonly<Record<number, string>> = {
  400: 'the body cannot be read', 403: 'the daemon lacks a permission', 404: 'there is nothing of this name',
  409: 'a clash with what there is', 413: 'the body is too large', 415: 'the media type is not read here',
  422: 'the request is not valid', 500: 'the switch failed to do this', 503: 'the switch is not ready',
};

export function openApiDocument(version: string): OpenApiDocument {
  const paths: Record<string, Record<string, object>> = {};
  for (const one of operations) {
    const item = (paths[one.path] ??= {});
    item[one.method.toLowerCase()] = describe(one);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'vswitchd', version,
      description: 'The API of vswitchd on its unix socket. A name outside the namespace `default` is '
        + '`namespace/name`, percent-encoded: `/v1/ports/shop%2Fweb-1`.',
    },
    paths,
    components: { schemas: { Problem: problem } },
  };
}

function describe(one: Operation): object {
  const parameters = [
    ...(one.path.endsWith('{name}') ? [{
      name: 'name', in: 'path', required: true, description: '`name` or `namespace/name`, percent-encoded',
      schema: { type: 'string' },
    }] : []),
    ...one.query.map(({ name, description, boolean }) => ({
      name, in: 'query', required: false, description, schema: { type: boolean === true ? 'boolean' : 'string' },
    })),
  ];
  const responses: Record<string, object> = {};
  for (const { status, description, mediaType, schema } of one.answers) {
    responses[status] = { description, content: { [mediaType]: schema === undefined ? {} : { schema } } };
  }
  for (const status of [...one.problems, 500, ...(one.early ? [] : [503])]) {
    responses[status] = {
      description: sentences[status] ?? 'refused',
      content: { [problemMediaType]: { schema: { $ref: '#/components/schemas/Problem' } } },
    };
  }
  const body = one.body === undefined ? {} : {
    requestBody: {
      required: true,
      content: Object.fromEntries(mediaTypesOf(one).map((mediaType) => [
        mediaType, { schema: mediaType === 'application/json' ? one.body : { type: 'string' } },
      ])),
    },
  };
  return { operationId: one.id, summary: one.summary, parameters, ...body, responses };
}
