/** The texts of each part of the application, one file a language, beside each other. */
import boardEn from './board/en.json';
import boardZh from './board/zh.json';
import campaignEn from './campaign/en.json';
import campaignZh from './campaign/zh.json';
import commonEn from './common/en.json';
import commonZh from './common/zh.json';
import deskEn from './desk/en.json';
import deskZh from './desk/zh.json';
import entityEn from './entity/en.json';
import entityZh from './entity/zh.json';
import exploreEn from './explore/en.json';
import exploreZh from './explore/zh.json';
import graphEn from './graph/en.json';
import graphZh from './graph/zh.json';
import groundEn from './ground/en.json';
import groundZh from './ground/zh.json';
import keysEn from './keys/en.json';
import keysZh from './keys/zh.json';
import ledgersEn from './ledgers/en.json';
import ledgersZh from './ledgers/zh.json';
import mapEn from './map/en.json';
import mapZh from './map/zh.json';
import questionsEn from './questions/en.json';
import questionsZh from './questions/zh.json';
import recordingEn from './recording/en.json';
import recordingZh from './recording/zh.json';
import startEn from './start/en.json';
import startZh from './start/zh.json';
import tableEn from './table/en.json';
import tableZh from './table/zh.json';
import togetherEn from './together/en.json';
import togetherZh from './together/zh.json';
import wallEn from './wall/en.json';
import wallZh from './wall/zh.json';

export const parts = [
  [boardEn, boardZh],
  [campaignEn, campaignZh],
  [commonEn, commonZh],
  [deskEn, deskZh],
  [entityEn, entityZh],
  [exploreEn, exploreZh],
  [graphEn, graphZh],
  [groundEn, groundZh],
  [keysEn, keysZh],
  [ledgersEn, ledgersZh],
  [mapEn, mapZh],
  [questionsEn, questionsZh],
  [recordingEn, recordingZh],
  [startEn, startZh],
  [tableEn, tableZh],
  [togetherEn, togetherZh],
  [wallEn, wallZh],
] as const;

export const en = { ...boardEn, ...campaignEn, ...commonEn, ...deskEn, ...entityEn, ...exploreEn, ...graphEn, ...groundEn, ...keysEn, ...ledgersEn, ...mapEn, ...questionsEn, ...recordingEn, ...startEn, ...tableEn, ...togetherEn, ...wallEn };
export const zh = { ...boardZh, ...campaignZh, ...commonZh, ...deskZh, ...entityZh, ...exploreZh, ...graphZh, ...groundZh, ...keysZh, ...ledgersZh, ...mapZh, ...questionsZh, ...recordingZh, ...startZh, ...tableZh, ...togetherZh, ...wallZh };
