// Shorthands for JSON schemas: Fastify compiles them into validators and serializers.
export const str = { type: 'string' };
export const int = { type: 'integer' };
export const num = { type: 'number' };
export const nstr = { type: ['string', 'null'] };
export const nint = { type: ['integer', 'null'] };
export const text = (maxLength) => ({ type: 'string', minLength: 1, maxLength });

export function obj(properties, required = Object.keys(properties)) {
  return { type: 'object', properties, required };
}
