// SPDX-License-Identifier: Apache-2.0
// The vendor's own SDK against osft-endpoint: what the endpoint grants and refuses, it must grant
// and refuse to the SDK too. Usage: node peer.mjs http|https|untrusted HOST:PORT
import assert from 'node:assert/strict';
import openapi from '@alicloud/openapi-core';
import sdk, * as models from '@alicloud/opensearch20171225';

const [scheme, endpoint] = process.argv.slice(2);
const Client = sdk.default ?? sdk;
const { ListFunctionTasksRequest } = models.default?.ListFunctionTasksRequest ? models.default : models;
const where = ['my-app', 'ctr', '中文 模型/1'];
let count = 0;
let failed = 0;

function client(secret = 'testsecret', id = 'testid', securityToken = undefined) {
  return new Client(new openapi.$OpenApiUtil.Config({
    accessKeyId: id,
    accessKeySecret: secret,
    securityToken,
    endpoint,
    protocol: scheme === 'http' ? 'HTTP' : 'HTTPS',
  }));
}

async function list(query = {}, headers = {}, by = client()) {
  const answer = await by.listFunctionTasksWithOptions(
    ...where, new ListFunctionTasksRequest(query), headers, runtime());
  return answer.body;
}

async function get(generation) {
  const answer = await client().getFunctionTaskWithOptions(...where, generation, {}, runtime());
  return answer.body;
}

function runtime() {
  return { keepAlive: true, readTimeout: 60000, connectTimeout: 60000 };
}

async function test(name, body) {
  count++;
  try {
    await body();
    console.log(`ok ${count} - ${name}`);
  } catch (error) {
    failed++;
    console.log(`not ok ${count} - ${name}`);
    console.log(String(error?.stack ?? error).replace(/^/gm, '# '));
  }
}

// The SDK puts the gateway's Code into error.code, and the HTTP status into statusCode or data.
async function refused(code, status, call) {
  await assert.rejects(call, (error) => {
    assert.equal(error.code, code);
    assert.equal(error.statusCode ?? error.data?.statusCode, status);
    return true;
  });
}

function plain(task) {
  const { functionName, progress, status, startTime, endTime, extendInfo, runId, generation } = task;
  return { functionName, progress, status, startTime, endTime, extendInfo, runId, generation };
}

// tasks.jsonl beside this file, as the SDK should hand it out: newest first.
const expected = [
  { functionName: 'ctr', progress: 42, status: 'running', startTime: 1700000300000, endTime: 0,
    extendInfo: '{"errors":[]}', runId: 'trigger__2023-11-14T22:18:20', generation: '3' },
  { functionName: 'ctr 点击率', progress: 17, status: 'failed', startTime: 1700000200000,
    endTime: 1700000250000, extendInfo: '{"errors":["\\"quoted\\" 😀"]}',
    runId: 'trigger__2023-11-14T22:16:40', generation: '2/b' },
  { functionName: 'ctr', progress: 100, status: 'success', startTime: 1700000100000,
    endTime: 1700000150000, extendInfo: '{"recall":91,"errors":[]}',
    runId: 'trigger__2023-11-14T22:15:00', generation: '1' },
];

async function grants() {
  await test(`the vendor's SDK lists every task field by field over ${scheme}`, async () => {
    const body = await list({ pageSize: 10 });
    assert.equal(body.totalCount, 3);
    assert.equal(body.httpCode, 200);
    assert.match(body.requestId, /^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/);
    assert.deepEqual(body.result.map(plain), expected);
  });
  await test(`the vendor's SDK gets one task unless it asks for more over ${scheme}`, async () => {
    const body = await list();
    assert.deepEqual(body.result.map(plain), expected.slice(0, 1));
    assert.equal(body.totalCount, 3);
  });
  await test(`the vendor's SDK pages and filters over ${scheme}`, async () => {
    assert.deepEqual((await list({ pageNumber: 2, pageSize: 2 })).result.map(plain), expected.slice(2));
    assert.deepEqual((await list({ status: 'failed', pageSize: 9 })).result.map(plain), [expected[1]]);
    const between = await list({ startTime: 1700000100000, endTime: 1700000250001, pageSize: 9 });
    assert.deepEqual(between.result.map(plain), [expected[1]]);
  });
  await test(`the vendor's SDK gets each task by its generation over ${scheme}`, async () => {
    for (const task of expected)
      assert.deepEqual(plain((await get(task.generation)).result), task);
  });
  await test(`the vendor's SDK is let in with a security token over ${scheme}`, async () => {
    assert.equal((await list({}, {}, client('testsecret', 'testid', 'CAIS+token/='))).totalCount, 3);
  });
}

async function refusals() {
  await test(`a wrong secret is refused over ${scheme}`, () =>
    refused('SignatureDoesNotMatch', 400, () => list({}, {}, client('wrong'))));
  await test(`an unknown AccessKey is refused over ${scheme}`, () =>
    refused('InvalidAccessKeyId.NotFound', 404, () => list({}, {}, client('testsecret', 'other'))));
  await test(`an old date is refused over ${scheme}`, () => {
    const old = new Date(Date.now() - 3600 * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
    return refused('InvalidTimeStamp.Expired', 400, () => list({}, { 'x-acs-date': old }));
  });
  await test(`a repeated nonce is refused over ${scheme}`, async () => {
    const headers = { 'x-acs-signature-nonce': `peer-${scheme}-${process.pid}-${Date.now()}` };
    assert.equal((await list({}, headers)).totalCount, 3);
    await refused('SignatureNonceUsed', 400, () => list({}, headers));
  });
  await test(`a task that is not there is refused over ${scheme}`, () =>
    refused('Task.NotExist', 404, () => get('99')));
  await test(`a page number of 0 is refused over ${scheme}`, () =>
    refused('InvalidParameter', 400, () => list({ pageNumber: 0 })));
}

if (scheme === 'untrusted') {
  await test("the vendor's SDK does not trust the endpoint without its root certificate", () =>
    assert.rejects(() => list(), /certificate/));
} else {
  await grants();
  await refusals();
}
console.log(`1..${count}`);
process.exit(failed ? 1 : 0);
