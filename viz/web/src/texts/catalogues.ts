/** The texts of each part of the application, one file a language, beside each other. */
import commonEn from './common/en.json';
import commonZh from './common/zh.json';
import entityEn from './entity/en.json';
import entityZh from './entity/zh.json';
import exploreEn from './explore/en.json';
import exploreZh from './explore/zh.json';
import graphEn from './graph/en.json';
import graphZh from './graph/zh.json';
import startEn from './start/en.json';
import startZh from './start/zh.json';

export const parts = [
  [commonEn, commonZh],
  [entityEn, entityZh],
  [exploreEn, exploreZh],
  [graphEn, graphZh],
  [startEn, startZh],
] as const;

export const en = { ...commonEn, ...entityEn, ...exploreEn, ...graphEn, ...startEn };
export const zh = { ...commonZh, ...entityZh, ...exploreZh, ...graphZh, ...startZh };
