/** A level as a map that the editor Tiled opens (doc.mapeditor.org, "JSON Map Format"): a tile's number is its character's code point. */
export function tiledMap(item: string): string {
  const rows = item.split('\n');
  const [width, height] = [rows[0]!.length, rows.length];
  const SIZE = 16;
  return `${JSON.stringify({
    type: 'map',
    version: '1.10',
    orientation: 'orthogonal',
    renderorder: 'right-down',
    infinite: false,
    width,
    height,
    tilewidth: SIZE,
    tileheight: SIZE,
    nextlayerid: 2,
    nextobjectid: 1,
    tilesets: [],
    layers: [
      {
        id: 1,
        name: 'tiles',
        type: 'tilelayer',
        x: 0,
        y: 0,
        width,
        height,
        opacity: 1,
        visible: true,
        data: rows.flatMap((row) => Array.from(row, (tile) => tile.codePointAt(0)!)),
      },
    ],
  })}\n`;
}
