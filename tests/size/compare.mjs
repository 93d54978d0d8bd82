// SPDX-License-Identifier: Apache-2.0
// Lists 10 tasks by the vendor's own SDK, TIMES times on a kept connection, and prints the last list's tasks.
// Usage: node compare.mjs http|https HOST:PORT TIMES
import assert from 'node:assert/strict';
import openapi from '@alicloud/openapi-core';
import sdk, * as models from '@alicloud/opensearch20171225';

const [scheme, endpoint, times] = process.argv.slice(2);
const Client = sdk.default ?? sdk;
const { ListFunctionTasksRequest } = models.default?.ListFunctionTasksRequest ? models.default : models;
const client = new Client(new openapi.$OpenApiUtil.Config({
  accessKeyId: process.env.ALIBABA_CLOUD_ACCESS_KEY_ID,
  accessKeySecret: process.env.ALIBABA_CLOUD_ACCESS_KEY_SECRET,
  endpoint,
  protocol: scheme === 'http' ? 'HTTP' : 'HTTPS',
}));
const runtime = { keepAlive: true, readTimeout: 60000, connectTimeout: 60000 };

let tasks;
for (let i = 0; i < Number(times); i++) {
  const response = await client.listFunctionTasksWithOptions('my-app', 'ctr', 'ctr_test',
    new ListFunctionTasksRequest({ pageSize: 10 }), {}, runtime);
  tasks = response.body.result;
  assert.equal(tasks.length, 10);
}
for (const task of tasks)
  console.log(JSON.stringify([task.generation, task.runId]));
process.exit(0); // without waiting for the kept connection
