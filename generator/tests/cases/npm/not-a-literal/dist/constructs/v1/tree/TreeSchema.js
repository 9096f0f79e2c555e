'use strict';
var e={openapi:"3.0.0",paths:{"/trees":{get:{tags:pick("a")}}}};
module.exports=e;
