import type { Action } from './context';
import * as endpointConfigs from './endpoint-configs';
import * as endpoints from './endpoints';
import * as groups from './model-package-groups';
import * as packages from './model-packages';
import * as models from './models';
import * as registering from './registering';
import * as tags from './tags';
import * as updating from './updating';

/** The actions that this stand-in has, by the names that AWS gives them. */
export const ACTIONS: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['CreateModelPackageGroup', groups.createModelPackageGroup],
  ['DescribeModelPackageGroup', groups.describeModelPackageGroup],
  ['ListModelPackageGroups', groups.listModelPackageGroups],
  ['DeleteModelPackageGroup', groups.deleteModelPackageGroup],
  ['CreateModelPackage', registering.createModelPackage],
  ['UpdateModelPackage', updating.updateModelPackage],
  ['DescribeModelPackage', packages.describeModelPackage],
  ['ListModelPackages', packages.listModelPackages],
  ['DeleteModelPackage', packages.deleteModelPackage],
  ['AddTags', tags.addTags],
  ['ListTags', tags.listTags],
  ['CreateModel', models.createModel],
  ['DescribeModel', models.describeModel],
  ['DeleteModel', models.deleteModel],
  ['CreateEndpointConfig', endpointConfigs.createEndpointConfig],
  ['DescribeEndpointConfig', endpointConfigs.describeEndpointConfig],
  ['DeleteEndpointConfig', endpointConfigs.deleteEndpointConfig],
  ['CreateEndpoint', endpoints.createEndpoint],
  ['DescribeEndpoint', endpoints.describeEndpoint],
  ['ListEndpoints', endpoints.listEndpoints],
  ['UpdateEndpoint', endpoints.updateEndpoint],
  ['DeleteEndpoint', endpoints.deleteEndpoint],
]);
