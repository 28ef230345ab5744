/** Cells that turn any problem row into a good one; its serial number is its own. */
export const goodCells = {
  土地位置建物門牌: '一路１號',
  備註: '',
  '建物現況格局-房': '2',
  '建物現況格局-廳': '1',
  '建物現況格局-衛': '1',
  總價元: '1',
  單價元平方公尺: '1',
  車位總價元: '0',
  交易年月日: '1110713',
  土地移轉總面積平方公尺: '1',
  建物移轉總面積平方公尺: '2',
  車位移轉總面積平方公尺: '0',
};
