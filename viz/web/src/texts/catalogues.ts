/** The texts of each part of the application, one file a language, beside each other. */
import boardEn from './board/en.json';
import boardZh from './board/zh.json';
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

export const parts = [
  [boardEn, boardZh],
  [commonEn, commonZh],
  [deskEn, deskZh],
  [entityEn, entityZh],
  [exploreEn, exploreZh],
  [graphEn, graphZh],
  [ledgersEn, ledgersZh],
  [mapEn, mapZh],
  [questionsEn, questionsZh],
  [recordingEn, recordingZh],
  [startEn, startZh],
  [tableEn, tableZh],
] as const;

export const en = { ...boardEn, ...commonEn, ...deskEn, ...entityEn, ...exploreEn, ...graphEn, ...ledgersEn, ...mapEn, ...questionsEn, ...recordingEn, ...startEn, ...tableEn };
export const zh = { ...boardZh, ...commonZh, ...deskZh, ...entityZh, ...exploreZh, ...graphZh, ...ledgersZh, ...mapZh, ...questionsZh, ...recordingZh, ...startZh, ...tableZh };
