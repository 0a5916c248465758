SELECT ma_tthc AS procedure_code,
       ten AS name,
       ma_linh_vuc AS field_code,
       ten_linh_vuc AS field_name,
       CASE cap WHEN 'TINH' THEN 'city' WHEN 'HUYEN' THEN 'district' ELSE 'commune' END AS tier,
       thoi_han AS limit_value,
       CASE don_vi_tinh WHEN 'GIO' THEN 'hour' WHEN 'NGAY' THEN 'day'
                        WHEN 'NGAY_LAM_VIEC' THEN 'working_day' ELSE 'month' END AS limit_unit,
       trong_ngay AS same_day,
       co_phi AS has_fee,
       du_dieu_kien_truc_tuyen AS online_eligible,
       cong_bo_iso AS iso_published,
       hieu_luc_tu AS valid_from,
       hieu_luc_den AS valid_to
  FROM onestop.thu_tuc
