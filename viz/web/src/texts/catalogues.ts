/** The texts of each part of the application, one file a language, beside each other. */
import commonEn from './common/en.json';
import commonZh from './common/zh.json';
import deskEn from './desk/en.json';
import deskZh from './desk/zh.json';
import entityEn from './entity/en.json';
import entityZh from './entity/zh.json';
import graphEn from './graph/en.json';
import graphZh from './graph/zh.json';
import ledgersEn from './ledgers/en.json';
import ledgersZh from './ledgers/zh.json';
import startEn from './start/en.json';
import startZh from './start/zh.json';

export const parts = [
  [commonEn, commonZh],
  [deskEn, deskZh],
  [entityEn, entityZh],
  [graphEn, graphZh],
  [ledgersEn, ledgersZh],
  [startEn, startZh],
] as const;

export const en = { ...commonEn, ...deskEn, ...entityEn, ...graphEn, ...ledgersEn, ...startEn };
export const zh = { ...commonZh, ...deskZh, ...entityZh, ...graphZh, ...ledgersZh, ...startZh };
