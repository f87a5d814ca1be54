import { launchPath, launchPaths } from '../../../../sandbox/service-catalog/access';
import { type AccountState, type Portfolio, type Product, StateStore } from '../../../../sandbox/service-catalog/state';

const ACCOUNT = { account: '111122223333', region: 'eu-west-1' };
const asRole = (role: string) => ({ ...ACCOUNT, principal: `arn:aws:sts::111122223333:assumed-role/${role}/ada` });

let state: AccountState;
let product: Product;

beforeEach(() => {
  state = new StateStore().of(ACCOUNT);
  product = {
    id: 'prod-1',
    viewId: 'prodview-1',
    arn: 'arn',
    createdTime: new Date(),
    details: { name: 'Deploy', owner: 'Platform', type: 'CLOUD_FORMATION_TEMPLATE', tags: [] },
    versions: [],
  };
});

function portfolio(id: string, ...principals: string[]): Portfolio {
  const made: Portfolio = {
    id,
    arn: 'arn',
    createdTime: new Date(),
    displayName: id,
    providerName: 'Platform',
    tags: [],
    productIds: new Set([product.id]),
    principals: new Map(principals.map((arn) => [arn, arn])),
    constraints: new Map(),
  };
  state.portfolios.set(id, made);
  return made;
}

it.each([
  ['its role', 'arn:aws:iam::111122223333:role/scientist', true],
  ['its role, with a path that no session tells', 'arn:aws:iam::111122223333:role/team/scientist', true],
  ['another role', 'arn:aws:iam::111122223333:role/engineer', false],
  ["another account's role", 'arn:aws:iam::999999999999:role/scientist', false],
  ['a user of the same name', 'arn:aws:iam::111122223333:user/scientist', false],
])('a session has access by %s: %s %s', (_what, arn, access) => {
  portfolio('one', arn);
  expect(launchPaths(state, asRole('scientist'), product)).toHaveLength(access ? 1 : 0);
});

it("the account's own key has access to every portfolio", () => {
  portfolio('one');
  expect(launchPaths(state, ACCOUNT, product)).toHaveLength(1);
});

it('of several paths one must be named; the launch role is that of its portfolio', () => {
  portfolio('one');
  const constraint = { id: 'cons-1', productId: product.id, roleArn: 'arn:aws:iam::111122223333:role/launch' };
  portfolio('two').constraints.set(constraint.id, constraint);
  expect(() => launchPath(state, ACCOUNT, product, {})).toThrow('several launch paths');
  expect(launchPath(state, ACCOUNT, product, { PathName: 'two' }).launchRoleArn).toBe(constraint.roleArn);
  expect(() => launchPath(state, ACCOUNT, product, { PathName: 'three' })).toThrow(/Launch path three was not found/);
});
